import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class LogInDto {
  @ApiProperty({ description: 'Mã cơ quan trên trục · The agency’s id at the hub', example: 'mot-cua' })
  username!: string;
  @ApiProperty({ description: 'Khóa của cơ quan · The agency’s key' })
  password!: string;
}

export class SharedEnvelopeDto {
  @ApiProperty()
  session!: string;
  @ApiProperty({ example: 'H56' })
  madonvi!: string;
  @ApiProperty({ enum: ['TraCuuHoSo'] })
  service!: string;
  @ApiProperty({ example: 'H56.14-250812-0007' })
  mahoso!: string;
}

export class SyncEnvelopeDto {
  @ApiProperty()
  session!: string;
  @ApiProperty({ example: 'H56' })
  madonvi!: string;
  @ApiProperty({ enum: ['DongBoHoSoMC', 'CapNhatTienDoHoSoMC'] })
  service!: string;
  @ApiPropertyOptional({ enum: ['True', 'False'], description: 'Chỉ với DongBoHoSoMC · With DongBoHoSoMC only' })
  isUpdating?: string;
  @ApiProperty({
    type: [Object],
    description:
      'Tối đa 100 hồ sơ hoặc 10 dòng tiến độ; mọi giá trị là chuỗi · At most 100 cases or 10 progress rows; all values are strings',
  })
  data!: object[];
}

class DoorRowDto {
  @ApiProperty({ description: 'Mã hồ sơ của dòng · The row’s case code' })
  MAHOSO!: string;
  @ApiProperty({ example: '0' })
  error_code!: string;
  @ApiProperty({ example: 'Đồng bộ hồ sơ thành công' })
  message!: string;
}

export class DoorAnswerDto {
  @ApiProperty({
    description: '0 đã nhận · taken; -3 đã tồn tại · known; 3 từ chối · refused; -1 hết phiên · session ended',
    example: '0',
  })
  error_code!: string;
  @ApiProperty()
  message!: string;
  @ApiPropertyOptional({ type: [DoorRowDto], description: 'Khi có nhiều dòng · Where there were several rows' })
  result?: DoorRowDto[];
}

export class LogInAnswerDto {
  @ApiProperty()
  session!: string;
  @ApiProperty({ example: 0 })
  error_code!: number;
}

class DoorCaseDto {
  @ApiProperty()
  MAHOSO!: string;
  @ApiProperty({ description: '1–10', example: '4' })
  TRANGTHAIHOSO!: string;
}

export class DoorCaseAnswerDto {
  @ApiProperty({ example: '0' })
  error_code!: string;
  @ApiProperty({ type: [DoorCaseDto], description: 'Rỗng: không có hồ sơ · Empty: no such case' })
  result!: DoorCaseDto[];
}

class FiledFileDto {
  @ApiProperty({ example: 'giay-chung-sinh.pdf' })
  TenTepDinhKem!: string;
  @ApiProperty({ format: 'byte', description: 'Tối đa 20 MiB sau khi giải mã · At most 20 MiB decoded' })
  Base64!: string;
}

export class FiledFormDto {
  @ApiProperty({ example: 'G22.99-250812-0000321' })
  MaHoSo!: string;
  @ApiProperty({ example: '1.001193' })
  MaTTHC!: string;
  @ApiProperty({ example: '20250812073000', description: 'yyyyMMddHHmmss, giờ Việt Nam · Vietnam time' })
  NgayNopHoSo!: string;
  @ApiProperty({ example: 'Phạm Văn Ví Dụ' })
  TenThuongNhan!: string;
  @ApiPropertyOptional({ type: Object, description: 'DiaChiChiTiet được giữ · DiaChiChiTiet is kept' })
  DiaChiDoanhNghiep?: object;
  @ApiPropertyOptional()
  DienThoai?: string;
  @ApiPropertyOptional()
  Email?: string;
  @ApiPropertyOptional({ description: 'Có: người nộp là doanh nghiệp · Given: a business files it' })
  MaSoThue?: string;
  @ApiPropertyOptional()
  TenTepDonDangKy?: string;
  @ApiPropertyOptional({ format: 'byte' })
  TepDonDangKy?: string;
  @ApiPropertyOptional({ type: [FiledFileDto] })
  TaiLieuNop?: FiledFileDto[];
}

export class FiledAnswerDto {
  @ApiProperty({ enum: [-1, 0, 1], description: '-1 không nhận · not taken; 0 đã tạo · created; 1 đã có · known' })
  error_code!: number;
  @ApiProperty({ example: 'G22.99-250812-0000321| đã tạo hồ sơ' })
  message!: string;
}
